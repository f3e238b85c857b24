namespace RenderFarm.Diffusion.Safety;

/// <summary>What a safety checker says of a picture.</summary>
public enum SafetyVerdict
{
    /// <summary>Neither of the others.</summary>
    Passed,

    /// <summary>It shows what is not safe for work; it was exchanged for a black one.</summary>
    Unsafe,

    /// <summary>It shows a watermark, as a picture of somebody else's would; it was exchanged for a black one.</summary>
    Watermarked,
}
