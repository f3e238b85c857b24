using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Residency;

/// <summary>Loads what stays: a part that is lent memory while pictures are drawn is loaded amid their dispose scopes, and must outlive them.</summary>
internal static class Unscoped
{
    /// <summary>What <paramref name="load"/> gives, its tensors belonging to no scope.</summary>
    public static T Load<T>(Func<T> load)
    {
        using var scope = NewDisposeScope();
        var loaded = load();
        scope.Detach([.. scope.DisposablesView]);
        return loaded;
    }
}
