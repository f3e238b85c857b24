using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Text;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>The configurations of an unCLIP's parts, read and compared.</summary>
internal sealed class UnClipConfigs
{
    /// <summary>The parts as Karlo's model_index.json names them, with their classes.</summary>
    private static readonly (string Part, string Class)[] Parts =
    [
        ("tokenizer", "CLIPTokenizer"), ("text_encoder", UnClipTextModel.EncoderClass), ("prior", "PriorTransformer"), ("text_proj", "UnCLIPTextProjModel"),
        ("decoder", "UNet2DConditionModel"), ("super_res_first", "UNet2DModel"), ("super_res_last", "UNet2DModel"),
        ("prior_scheduler", "UnCLIPScheduler"), ("decoder_scheduler", "UnCLIPScheduler"), ("super_res_scheduler", "UnCLIPScheduler"),
    ];

    private readonly ModelIndex _index;

    private UnClipConfigs(ModelIndex index)
    {
        _index = index;
        foreach (var (part, expected) in Parts) Demand(index, part, expected);
        (Tokenizer, Text) = UnClipTextModel.ReadVocabulary(index);
        Prior = PriorConfig.Load(PathOf("prior"));
        Projection = TextProjectionConfig.Load(PathOf("text_proj"));
        Decoder = UNetConfig.Load(PathOf("decoder"));
        First = UNet2DConfig.Load(PathOf("super_res_first"));
        Last = UNet2DConfig.Load(PathOf("super_res_last"));
        Schedulers = UnClipSchedulers.Read(index);
    }

    public ClipTokenizer Tokenizer { get; }

    public ClipTextConfig Text { get; }

    public PriorConfig Prior { get; }

    public TextProjectionConfig Projection { get; }

    public UNetConfig Decoder { get; }

    /// <summary>Of the super-resolution's network for all steps but the last.</summary>
    public UNet2DConfig First { get; }

    /// <summary>Of the super-resolution's network for the last step.</summary>
    public UNet2DConfig Last { get; }

    public UnClipSchedulers Schedulers { get; }

    /// <summary>Height and width of the pictures.</summary>
    public int Size => First.SampleSize!.Value;

    /// <summary>Which file says <see cref="Size"/>.</summary>
    public string SizePath => PathOf("super_res_first");

    /// <summary>Reads and compares everything but the weights.</summary>
    /// <exception cref="CascadeException">A part is missing, or two do not fit; names both files and values. A single bad file has its reader's exception.</exception>
    public static UnClipConfigs Read(ModelIndex index)
    {
        var configs = new UnClipConfigs(index);
        configs.CheckEmbeddings();
        configs.CheckDecoder();
        configs.CheckSuperResolution();
        return configs;
    }

    private static void Demand(ModelIndex index, string part, string expected)
    {
        if (index.Components.GetValueOrDefault(part) is not { } found)
            throw new CascadeException($"'{Path.Combine(index.Folder, ModelIndex.FileName)}' has no {part}; a {index.ClassName} must bring one of class {expected}.");
        // transformers has a second tokenizer class for the same files.
        if (found != expected && found != $"{expected}Fast")
            throw new CascadeException($"'{Path.Combine(index.Folder, ModelIndex.FileName)}' has a {part} of class {found}; that of a {index.ClassName} is {expected}.");
        if (!Directory.Exists(index.PathOf(part)))
            throw new CascadeException($"'{index.PathOf(part)}' is missing; {ModelIndex.FileName} beside it names a {part}. Fetch that folder, too.");
    }

    /// <summary>All of CLIP's vectors, of texts and pictures, have one width, and the prior takes texts of the tokenizer's length.</summary>
    private void CheckEmbeddings()
    {
        var (width, path) = (Prior.EmbeddingDim, PathOf("prior"));
        foreach (var (part, key, value) in new[] { ("text_encoder", "hidden_size", Text.HiddenSize), ("text_encoder", "projection_dim", Text.ProjectionDim), ("text_proj", "clip_embeddings_dim", Projection.ClipEmbeddingsDim) })
        {
            if (value != width)
                throw new CascadeException($"'{PathOf(part)}' has {key} = {value}, but '{path}' has embedding_dim = {width}; they must be equal. Use the parts that were trained together.");
        }
        var length = UnClipTextModel.LengthOf(Tokenizer, Text);
        if (length != Prior.NumEmbeddings)
            throw new CascadeException($"'{path}' has num_embeddings = {Prior.NumEmbeddings}, but the tokenizer in '{_index.PathOf("tokenizer")}' gives texts of {length} tokens (model_max_length); they must be equal.");
        if (Schedulers.Prior.Config.LearnsVariance)
            throw new CascadeException($"'{UnClipSchedulers.PriorPath(_index)}' has variance_type = learned_range; the prior predicts no variance: expected is fixed_small_log.");
    }

    private void CheckDecoder()
    {
        var path = PathOf("decoder");
        if (!Decoder.TakesVector) throw new CascadeException($"'{path}' has class_embed_type = {Decoder.ClassEmbedType?.ToString() ?? "null"}; that of an unCLIP's decoder is \"identity\".");
        if (!Decoder.AttendsInPlace)
            throw new CascadeException($"'{path}' has blocks with transformers; those of an unCLIP's decoder are Resnet… and SimpleCrossAttn… in down_block_types, mid_block_type and up_block_types.");
        if (Decoder.SampleSize is not { } side || side % Decoder.SizeMultiple != 0)
            throw new CascadeException($"'{path}' has sample_size = {Decoder.SampleSize?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}; expected is a multiple of {Decoder.SizeMultiple}.");
        if (Projection.CrossAttentionDim != Decoder.TextWidth)
            throw new CascadeException($"'{PathOf("text_proj")}' has cross_attention_dim = {Projection.CrossAttentionDim}, but '{path}' takes states of width {Decoder.TextWidth}; they must be equal.");
        if (Projection.TimeEmbedDim != Decoder.TimeEmbeddingWidth)
            throw new CascadeException($"'{PathOf("text_proj")}' has time_embed_dim = {Projection.TimeEmbedDim}, but the time embedding of '{path}' is {Decoder.TimeEmbeddingWidth} wide; they must be equal.");
        CheckChannels(path, Decoder.InChannels, Picture.Channels, Decoder.OutChannels, Schedulers.Decoder, UnClipSchedulers.DecoderPath(_index));
    }

    private void CheckSuperResolution()
    {
        foreach (var (part, network) in new[] { ("super_res_first", First), ("super_res_last", Last) })
            CheckChannels(PathOf(part), network.InChannels, 2 * Picture.Channels, network.OutChannels, Schedulers.SuperResolution, UnClipSchedulers.SuperResolutionPath(_index));
        if (First.SampleSize is null) throw new CascadeException($"'{SizePath}' has sample_size = null; expected are the height and width of the pictures.");
        if (Size % Last.SizeMultiple != 0)
            throw new CascadeException($"'{SizePath}' has sample_size = {Size}; the levels of '{PathOf("super_res_last")}' need a multiple of {Last.SizeMultiple}.");
        if (Last.SampleSize is not null && Last.SampleSize != Size)
            throw new CascadeException($"'{SizePath}' has sample_size = {Size}, but '{PathOf("super_res_last")}' has {Last.SampleSize}; both draw the same pictures.");
        if (Size < Decoder.SampleSize)
            throw new CascadeException($"'{SizePath}' has sample_size = {Size}, but '{PathOf("decoder")}' draws pictures of {Decoder.SampleSize}, which it is to enlarge.");
    }

    private static void CheckChannels(string path, int input, int expectedInput, int output, UnClipScheduler scheduler, string schedulerPath)
    {
        if (input != expectedInput) throw new CascadeException($"'{path}' has in_channels = {input}; that of an unCLIP is {expectedInput}.");
        var expected = scheduler.Config.LearnsVariance ? 2 * Picture.Channels : Picture.Channels;
        if (output != expected)
            throw new CascadeException($"'{path}' has out_channels = {output}, but '{schedulerPath}' has variance_type {(scheduler.Config.LearnsVariance ? "learned_range" : "fixed_small_log")}, for which it is {expected}.");
    }

    private string PathOf(string part) => Path.Combine(_index.PathOf(part), "config.json");
}
