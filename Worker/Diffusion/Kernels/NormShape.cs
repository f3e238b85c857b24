namespace RenderFarm.Diffusion.Kernels;

/// <summary>A feature map [B, HW, C], channels last, whose channels are normalised in groups.</summary>
internal readonly record struct NormShape(int Batch, int Places, int Channels, int Groups)
{
    /// <summary>The channels that one instruction takes; the kernels need whole ones.</summary>
    public const int Lanes = 16;

    public int GroupWidth => Channels / Groups;

    /// <summary>How the places of a picture are split so that all threads have the same to do.</summary>
    public int Splits => Batch % CpuTeam.Threads == 0 ? 1 : Math.Min(CpuTeam.Threads, Places);

    /// <summary>Batch times <see cref="Splits"/>.</summary>
    public int Items => Batch * Splits;

    /// <summary>Runs the body once per item: picture, first place, place after the last, item.</summary>
    public void ForEach(Action<int, int, int, int> body)
    {
        var (splits, places) = (Splits, Places);
        int Part(int split) => (int)((long)places * split / splits);
        CpuTeam.Run(Items, item => body(item / splits, Part(item % splits), Part(item % splits + 1), item));
    }
}
