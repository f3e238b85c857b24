using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

/// <summary>What cannot be done ends with one line that says why, a code that is not 0, and no files.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("Unknown model 'no-such-model'", "render", "a cat", "--model", "no-such-model")]
    [InlineData("The prompt is empty", "render", " ")]
    [InlineData("There is nothing to draw", "render")]
    [InlineData("There is no file 'absent.jsonl'", "render", "--requests", "absent.jsonl")]
    [InlineData("There is no file 'absent.jsonl'", "submit", "absent.jsonl")]
    [InlineData("'nowhere' is not an address of a farm", "submit", "good.jsonl", "--url", "nowhere")]
    [InlineData("No farm answers at http://127.0.0.1:9/", "submit", "good.jsonl", "--url", "http://127.0.0.1:9")]
    [InlineData("bad-json.jsonl, line 2: invalid JSON", "render", "--requests", "bad-json.jsonl")]
    [InlineData("bad-utf8.jsonl, line 2: invalid UTF-8", "render", "--requests", "bad-utf8.jsonl")]
    [InlineData("--port is 70000", "serve", "--port", "70000")]
    [InlineData("'absent' does not exist", "inspect", "absent")]
    [InlineData("--captions is 0", "evaluate", "--captions", "0")]
    [InlineData("Unrecognized command or argument 'dance'", "dance")]
    public async Task Tool_BadInput_EndsWithOneLineAndWritesNothing(string expected, params string[] arguments)
    {
        _folder.Write("good.jsonl", "{\"prompt\":\"a\"}");
        _folder.Write("bad-json.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\"");
        _folder.Write("bad-utf8.jsonl", [.. "{\"prompt\":\"a\"}\n{\"prompt\":\""u8, 0xFF, .. "\"}"u8]);

        await DemandErrorAsync(expected, arguments);

        Assert.Equal(3, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Fact]
    public async Task Render_PromptTooLong_SaysHowLong() =>
        await DemandErrorAsync("The prompt has 2,001 characters; expected are at most 2,000", "render", new string('a', 2001));

    [Fact]
    public async Task Render_OutputFolderIsAFile_SaysThatItCannotBeWrittenTo()
    {
        var model = TestModel.Quick(_folder);
        _folder.Write("file", "");
        await DemandErrorAsync("cannot be written to", "render", "a cat", "--model", model, "--out", "file/sub");
    }

    [Fact]
    public async Task Render_TruncatedWeights_NamesTheFile()
    {
        var unet = CopyUNet(out var model);
        var weights = Path.Combine(unet, "diffusion_pytorch_model.safetensors");
        await File.WriteAllBytesAsync(weights, (await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken))[..100_000], TestContext.Current.CancellationToken);
        await DemandErrorAsync("diffusion_pytorch_model.safetensors", "render", "a cat", "--model", model);
    }

    [Fact]
    public async Task Render_DiskFull_SaysSoAndLeavesNothing()
    {
        var model = TestModel.Quick(_folder);
        using var disk = TinyDisk.Mount(_folder.File("disk"), "64k");
        disk.Fill();
        await DemandErrorAsync("disk is full", "render", "a cat", "--model", model, "--out", "disk");
        Assert.Equal(["filler"], Directory.GetFiles(disk.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Demo_DiskFillsUp_EndsAndSaysWhy()
    {
        using var disk = TinyDisk.Mount(_folder.File("disk"), "16m");
        using var demo = ToolProcess.Start("renderfarm", _folder.Path, new Dictionary<string, string> { ["TMPDIR"] = disk.Path }, "demo", "--out", "out");
        await demo.SaysAsync("Batch ");
        disk.Fill();
        await demo.WaitAsync();

        Assert.Equal(1, demo.ExitCode);
        Assert.Matches("^error: The farm cannot go on: store: Store:Folder .* No space left [^\n]*\n$", demo.Error.ReplaceLineEndings("\n"));
        Assert.Equal(["filler"], Directory.GetFileSystemEntries(disk.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Render_PickledWeights_AreRefused()
    {
        var unet = CopyUNet(out var model);
        File.Delete(Path.Combine(unet, "diffusion_pytorch_model.safetensors"));
        await File.WriteAllBytesAsync(Path.Combine(unet, "diffusion_pytorch_model.bin"), [(byte)'P', (byte)'K', 3, 4, 0, 0], TestContext.Current.CancellationToken);
        await DemandErrorAsync("pickle", "render", "a cat", "--model", model);
    }

    [Fact]
    public async Task ServeAndRender_UnknownArchitecture_NamesKeyAndValue()
    {
        var unet = CopyUNet(out var model);
        var config = Path.Combine(unet, "config.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken))!;
        json["mid_block_type"] = "UNetMidBlock3D";
        await File.WriteAllTextAsync(config, json.ToJsonString(), TestContext.Current.CancellationToken);
        await DemandErrorAsync("UNetMidBlock3D", "render", "a cat", "--model", model);
        await DemandErrorAsync("UNetMidBlock3D", "serve", "--port", "0", "--data", "data", "--model", model);
    }

    [Fact]
    public async Task Serve_PortInUse_SaysSo()
    {
        var model = TestModel.Quick(_folder);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await DemandErrorAsync($"Port {port} of 127.0.0.1", "serve", "--port", $"{port}", "--data", "data", "--model", model);
    }

    [Fact]
    public async Task Serve_DataFolderInUse_SaysSoAndTheOtherFarmGoesOn()
    {
        var model = TestModel.Quick(_folder);
        using var farm = ToolProcess.Start(_folder.Path, "serve", "--port", "0", "--data", "data", "--model", model);
        await farm.AddressAsync();

        await DemandErrorAsync("Stop the farm that uses it", "serve", "--port", "0", "--data", "data", "--model", model);

        Assert.False(farm.HasExited);
    }

    [Fact]
    public async Task Serve_DataFolderIsAFile_SaysSo()
    {
        var model = TestModel.Quick(_folder);
        _folder.Write("file", "");
        await DemandErrorAsync("The data folder", "serve", "--port", "0", "--data", "file/sub", "--model", model);
    }

    public void Dispose() => _folder.Dispose();

    private async Task DemandErrorAsync(string expected, params string[] arguments)
    {
        using var tool = await ToolProcess.RunAsync(_folder.Path, arguments);
        Assert.NotEqual(0, tool.ExitCode);
        var line = Assert.Single(tool.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    /// <summary>Makes the model's second stage a copy that the test may spoil, and returns its U-Net's folder.</summary>
    private string CopyUNet(out string model)
    {
        model = TestModel.Quick(_folder);
        Assert.SkipWhen(model == TestModel.Bundled, "Needs the reference cascade; set RENDERFARM_REFERENCE to the folder of reference outputs.");
        var stage = Path.Combine(model, "stage2");
        var source = new DirectoryInfo(stage).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        Directory.Delete(stage);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(stage, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return Path.Combine(stage, "unet");
    }
}
