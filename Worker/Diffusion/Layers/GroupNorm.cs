using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Layers;

/// <summary>Group normalisation with scale and shift per channel (Wu and He 2018), computed in float32 and returned in the input's dtype.</summary>
internal sealed class GroupNorm : nn.Module<Tensor, Tensor>
{
    private readonly long _groups;
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    public GroupNorm(long groups, long channels, double epsilon, Placement placement) : base(nameof(GroupNorm))
    {
        if (channels % groups != 0) throw new ArgumentException($"{channels} channels do not divide into {groups} groups; see norm_num_groups.");
        (_groups, _epsilon) = (groups, epsilon);
        _weight = placement.Parameter(channels);
        _bias = placement.Parameter(channels);
        RegisterComponents();
    }

    /// <summary>How many groups the channels form.</summary>
    public long Groups => _groups;

    /// <summary>Added to the variance.</summary>
    public double Epsilon => _epsilon;

    /// <summary>[C].</summary>
    public Tensor Weight => _weight;

    /// <summary>[C].</summary>
    public Tensor Bias => _bias;

    /// <param name="input">[B, C, …]</param>
    /// <returns>[B, C, …]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var normed = nn.functional.group_norm(input.to(ScalarType.Float32), _groups, _weight.to(ScalarType.Float32), _bias.to(ScalarType.Float32), _epsilon);
        return normed.to(input.dtype).MoveToOuterDisposeScope();
    }
}
