namespace RenderFarm.Diffusion.Text;

/// <summary>What the layers of CLIP's text and image encoders need to know of their configuration.</summary>
internal interface IClipShape
{
    /// <summary>D: width of the states.</summary>
    long HiddenSize { get; }

    /// <summary>Inner width of the perceptrons.</summary>
    long IntermediateSize { get; }

    int NumHiddenLayers { get; }

    /// <summary>N: heads of attention.</summary>
    long NumAttentionHeads { get; }

    /// <summary><see cref="ClipTextConfig.QuickGelu"/> or <see cref="ClipTextConfig.Gelu"/>.</summary>
    string HiddenAct { get; }

    double LayerNormEps { get; }

    /// <summary>Whether a state sees only itself and those before it.</summary>
    bool IsCausal { get; }
}
