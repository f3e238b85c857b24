using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Tests.Weights;

public sealed class WeightsLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Load_FittingWeights_FillsTheNetworkInItsOwnDtype(ScalarType dtype)
    {
        using var network = new Conv2d(2, 3, 3, Placement.Cpu with { Dtype = dtype });
        var (weight, bias) = (torch.rand(3, 2, 3, 3), torch.rand(3));
        Save(("weight", weight), ("bias", bias));

        Load(network);

        TensorAssert.Equal(weight.to(dtype), network.Weight);
        TensorAssert.Equal(bias.to(dtype), network.Bias);
    }

    [Fact]
    public void Load_WrongKeys_NamesMissingUnexpectedAndMismatchingAndWritesNothing()
    {
        using var network = new Linear(3, 4, Placement.Cpu);
        using (torch.no_grad()) network.Bias!.zero_();
        Save(("weight", torch.ones(1)), ("bias2", torch.ones(4)));

        var message = Assert.Throws<WeightsException>(() => Load(network)).Message;

        Assert.Contains("1 missing (bias)", message, StringComparison.Ordinal);
        Assert.Contains("1 not expected (bias2)", message, StringComparison.Ordinal);
        Assert.Contains("weight is [1], expected [4, 3]", message, StringComparison.Ordinal);
        TensorAssert.Equal(torch.zeros(4), network.Bias!);
    }

    [Fact]
    public void Load_ManyWrongKeys_NamesTheFirstFive()
    {
        using var network = new Linear(3, 4, Placement.Cpu, bias: false);
        Save([.. Enumerable.Range(0, 9).Select(i => ($"k{i}", torch.ones(1)))]);

        var message = Assert.Throws<WeightsException>(() => Load(network)).Message;

        Assert.Contains("9 not expected (k0, k1, k2, k3, k4 and 4 more)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WholeNumbersForWeights_IsRefused()
    {
        using var network = new Linear(3, 4, Placement.Cpu, bias: false);
        Save(("weight", torch.ones(4, 3, dtype: ScalarType.Int64)));

        Assert.Contains("weight is Int64, expected Float32", Assert.Throws<WeightsException>(() => Load(network)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TwoNamesOfOneTensor_ReadsTheNetworksOwn()
    {
        using var network = new Linear(3, 4, Placement.Cpu, bias: false);
        Save(("alias", torch.zeros(4, 3)), ("weight", torch.ones(4, 3)), ("dropped", torch.ones(7)));

        Load(network, name => name switch { "alias" => "weight", "dropped" => null, _ => name });

        TensorAssert.Equal(torch.ones(4, 3), network.Weight);
    }

    [Fact]
    public void Load_RequiringGradients_KeepsLeavesAndLeaksNothing()
    {
        using var network = new Linear(3, 4, Placement.Cpu);
        network.Weight.requires_grad_(true);
        Save(("weight", torch.ones(4, 3)), ("bias", torch.ones(4)));

        var leaked = Leaks.Of(() => Load(network));

        Assert.True(network.Weight.is_leaf && network.Weight.requires_grad);
        Assert.Equal(0, leaked);
    }

    private void Save(params (string Key, Tensor Value)[] tensors) =>
        SafetensorsWriter.Write(_folder["model.safetensors"], tensors.ToDictionary(pair => pair.Key, pair => pair.Value));

    private void Load(nn.Module network, Func<string, string?>? rename = null)
    {
        using var weights = WeightsFolder.Open(_folder.Root);
        WeightsLoader.Load(network, weights, rename);
    }
}
