namespace RenderFarm.Diffusion.Residency;

/// <summary>Lends a device's memory to one part at a time.</summary>
internal sealed class Lender
{
    private ILent? _borrower;

    /// <summary>Has whoever has the memory give it back, and lends it to another.</summary>
    public void LendTo(ILent part)
    {
        if (_borrower == part) return;
        _borrower?.GiveBack();
        _borrower = part;
    }
}
