namespace RenderFarm.Diffusion.Residency;

/// <summary>A part that has a device's memory for a time.</summary>
internal interface ILent
{
    /// <summary>Frees its weights; they are loaded again when they are needed next.</summary>
    void GiveBack();
}
