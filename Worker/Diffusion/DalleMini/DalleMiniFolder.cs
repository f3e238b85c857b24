using RenderFarm.Diffusion.Cascades;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>
/// A model's folder as published: config.json, flax_model.msgpack and vocabulary of the transformer, and in <c>vqgan/</c> config.json and
/// flax_model.msgpack of the network that turns tokens into pictures.
/// </summary>
/// <param name="Root">The folder.</param>
/// <param name="Transformer">Its configuration, before it is fitted to the weights.</param>
/// <param name="Vqgan">Its configuration.</param>
internal sealed record DalleMiniFolder(string Root, DalleBartConfig Transformer, VqganConfig Vqgan)
{
    private const string ConfigName = "config.json", WeightsName = "flax_model.msgpack", VqganName = "vqgan";

    public string TransformerWeights => WeightsOf(Root);

    public string VqganWeights => VqganWeightsOf(Root);

    /// <summary>The transformer's weights in a folder.</summary>
    public static string WeightsOf(string root) => Path.Combine(root, WeightsName);

    /// <summary>VQGAN's weights in a folder.</summary>
    public static string VqganWeightsOf(string root) => Path.Combine(root, VqganName, WeightsName);

    /// <summary>Reads both configurations and compares them.</summary>
    /// <exception cref="CascadeException">They do not fit; names both files and values. A single bad file has its reader's exception.</exception>
    public static DalleMiniFolder Read(string root)
    {
        var (path, vqganPath) = (Path.Combine(root, ConfigName), Path.Combine(root, VqganName, ConfigName));
        var (transformer, vqgan) = (DalleBartConfig.Load(path), VqganConfig.Load(vqganPath));
        if (transformer.ImageLength != (long)vqgan.Side * vqgan.Side)
        {
            throw new CascadeException(
                $"'{path}' has image_length = {transformer.ImageLength}, but '{vqganPath}' has resolution = {vqgan.Resolution} and {vqgan.Levels} levels, whose pictures are {vqgan.Side} x {vqgan.Side} tokens. " +
                "Use the VQGAN that the transformer was trained with.");
        }
        if (vqgan.NEmbed > transformer.ImageVocabSize)
        {
            throw new CascadeException(
                $"'{vqganPath}' has n_embed = {vqgan.NEmbed}, but '{path}' has image_vocab_size = {transformer.ImageVocabSize}; every code needs a token. Use the VQGAN that the transformer was trained with.");
        }
        return new DalleMiniFolder(root, transformer, vqgan);
    }

    /// <exception cref="CascadeException">The vocabulary has pieces for which the encoder has no vector.</exception>
    public DalleBartTokenizer ReadTokenizer()
    {
        var tokenizer = DalleBartTokenizer.Load(Root, Transformer.MaxTextLength);
        if (tokenizer.VocabularySize <= Transformer.EncoderVocabSize) return tokenizer;
        throw new CascadeException(
            $"'{Path.Combine(Root, DalleBartTokenizer.VocabularyFile)}' has {tokenizer.VocabularySize} pieces, but '{Path.Combine(Root, ConfigName)}' has encoder_vocab_size = {Transformer.EncoderVocabSize}; " +
            "every piece needs a row of the embedding table. Use the vocabulary that the transformer was trained with.");
    }
}
