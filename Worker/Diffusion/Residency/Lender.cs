using RenderFarm.Diffusion.Layers;

namespace RenderFarm.Diffusion.Residency;

/// <summary>Lends a device's memory to one part at a time.</summary>
internal sealed class Lender
{
    private ILent? _borrower;

    /// <summary>Has whoever has the memory give it back, and lends it to another.</summary>
    public void LendTo(ILent part)
    {
        if (_borrower == part) return;
        if (_borrower is { } last)
        {
            last.GiveBack();
            CpuHeap.GiveBack();
        }
        _borrower = part;
    }
}
