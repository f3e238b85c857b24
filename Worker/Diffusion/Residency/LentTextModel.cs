using RenderFarm.Diffusion.Cascades;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Residency;

/// <summary>A text encoder whose network is loaded only while it encodes.</summary>
internal sealed class LentTextModel : ITextModel, ILent
{
    private readonly Lender _lender;
    private readonly Func<ITextModel> _load;

    // Given back it still cleans prompts.
    private ITextModel _model;
    private bool _isLoaded;

    /// <param name="lender">Of the device.</param>
    /// <param name="load">Loads it; called now, to see that it can be, and whenever it is needed.</param>
    public LentTextModel(Lender lender, Func<ITextModel> load)
    {
        (_lender, _load) = (lender, load);
        _lender.LendTo(this);
        _model = load();
        // Whoever asks for it while loading goes on to load networks of its own.
        _model.Dispose();
    }

    public string WeightsSha256 => _model.WeightsSha256;

    public string Dtype => _model.Dtype;

    public string Cleaning => _model.Cleaning;

    public string Clean(string prompt) => _model.Clean(prompt);

    public Tensor Encode(IReadOnlyList<string> prompts)
    {
        _lender.LendTo(this);
        if (!_isLoaded) Reload();
        return _model.Encode(prompts);
    }

    public void GiveBack()
    {
        if (_isLoaded) _model.Dispose();
        _isLoaded = false;
    }

    public void Dispose() => GiveBack();

    private void Reload()
    {
        var again = Unscoped.Load(_load);
        if (again.WeightsSha256 != _model.WeightsSha256)
        {
            again.Dispose();
            throw new CascadeException("The text encoder's weights are others than when the model was loaded; restart, so that pictures say what they were drawn with.");
        }
        (_model, _isLoaded) = (again, true);
    }
}
