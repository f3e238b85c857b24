using System.Security.Cryptography;
using System.Text;
using RenderFarm.Diffusion.Cascades.Folders;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>The schedulers of unCLIP's parts.</summary>
internal sealed record UnClipSchedulers(UnClipScheduler Prior, UnClipScheduler Decoder, UnClipScheduler SuperResolution)
{
    private const string PriorPart = "prior_scheduler", DecoderPart = "decoder_scheduler", SuperResolutionPart = "super_res_scheduler";

    /// <summary>SHA-256 of the lines "hash  part", in lower-case hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{Prior.Sha256}  {PriorPart}\n{Decoder.Sha256}  {DecoderPart}\n{SuperResolution.Sha256}  {SuperResolutionPart}\n")));

    /// <exception cref="InvalidDataException">A file is another scheduler's, or asks for what there is no code for.</exception>
    public static UnClipSchedulers Read(ModelIndex index)
    {
        UnClipScheduler Of(string part, string key) => UnClipScheduler.Load(PathOf(index, part), key);
        return new UnClipSchedulers(Of(PriorPart, "prior_steps"), Of(DecoderPart, "steps"), Of(SuperResolutionPart, "super_resolution_steps"));
    }

    public static string PriorPath(ModelIndex index) => PathOf(index, PriorPart);

    public static string DecoderPath(ModelIndex index) => PathOf(index, DecoderPart);

    public static string SuperResolutionPath(ModelIndex index) => PathOf(index, SuperResolutionPart);

    private static string PathOf(ModelIndex index, string part) => Path.Combine(index.PathOf(part), "scheduler_config.json");
}
