using System.CommandLine;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Rendering;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Cli.Tests.Models;

public sealed class ModelOptionsTests
{
    [Fact]
    public void Cascade_NothingGiven_LeavesTheChoiceToTheLibrary()
    {
        var options = Parse();

        Assert.Equal(("cpu", null, null, false), (options.Device.ToString(), options.Dtype, options.TextEncoder, options.CleanPrompts));
        Assert.Empty(options.Stages);
    }

    [Fact]
    public void Cascade_WholeAndParts_PlacesEachPart()
    {
        var options = Parse("--dtype", "bfloat16", "--dtype", "text=float32", "--dtype", "stage3=float16", "--device", "stage2=cpu", "--clean-prompts");

        Assert.Equal((ScalarType.BFloat16, true), (options.Dtype, options.CleanPrompts));
        Assert.Equal(new ComponentPlacement(null, ScalarType.Float32), options.TextEncoder);
        Assert.Equal(["stage2", "stage3"], options.Stages.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new ComponentPlacement(null, ScalarType.Float16), options.Stages["stage3"]);
        Assert.Equal(("cpu", null), (options.Stages["stage2"].Device?.ToString(), options.Stages["stage2"].Dtype));
    }

    [Theory]
    [InlineData("'stage4', which the model", "--dtype", "stage4=float32")]
    [InlineData("expected is a value for the whole cascade", "--dtype", "unet=float32")]
    [InlineData("expected is a value for the whole cascade", "--device", "stage0=cpu")]
    [InlineData("--dtype is given twice for text", "--dtype", "text=float32", "--dtype", "text=bfloat16")]
    [InlineData("--device is given twice for the whole cascade", "--device", "cpu", "--device", "cpu")]
    [InlineData("The dtype is 'float64'", "--dtype", "stage1=float64")]
    [InlineData("The dtype is ''", "--dtype", "text=")]
    [InlineData("The device is 'gpu'", "--device", "text=gpu")]
    [InlineData("The device is 'cuda:-1'", "--device", "cuda:-1")]
    public void Cascade_WhatCannotBe_IsRefusedByName(string expected, params string[] arguments) =>
        Assert.Contains(expected, Assert.Throws<ToolException>(() => Parse(arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Render_TextInFloat32AndStagesInBfloat16_DrawsWithBoth()
    {
        using var folder = new TemporaryFolder();

        var mixed = await RenderAsync(folder, "mixed", "--dtype", "bfloat16", "--dtype", "text=float32");
        var plain = await RenderAsync(folder, "plain", "--dtype", "bfloat16");
        var stage = await RenderAsync(folder, "stage", "--dtype", "float32", "--dtype", "stage2=bfloat16");

        Assert.All(["stage1", "stage2", "stage3"], key => Assert.Contains("dtype=bfloat16", mixed.Text[key], StringComparison.Ordinal));
        Assert.NotEqual(plain.Picture.Rgb.ToArray(), mixed.Picture.Rgb.ToArray());
        Assert.Equal(["float32", "bfloat16", "float32"], new[] { "stage1", "stage2", "stage3" }.Select(key => stage.Text[key].Split("dtype=")[1].Split(' ')[0]));
    }

    [Fact]
    public async Task Render_CleanPrompts_ReadsThePromptWithoutItsLinks()
    {
        using var folder = new TemporaryFolder();

        var clean = await RenderAsync(folder, "clean", "--dtype", "float32", "--clean-prompts");
        var plain = await RenderAsync(folder, "plain", "--dtype", "float32");

        Assert.NotEqual(plain.Picture.Rgb.ToArray(), clean.Picture.Rgb.ToArray());
    }

    private static CascadeOptions Parse(params string[] arguments)
    {
        var options = new ModelOptions();
        var command = new Command("draw");
        options.AddTo(command);
        var parsed = new RootCommand { command }.Parse(["draw", .. arguments]);
        Assert.Empty(parsed.Errors);
        return options.Cascade(parsed);
    }

    private static async Task<(Picture Picture, IReadOnlyDictionary<string, string> Text)> RenderAsync(TemporaryFolder folder, string name, params string[] options)
    {
        var requests = folder.Write("requests.jsonl", """
            {"custom_id": "a", "prompt": "a red star http://example.com/star.png", "seed": 5, "stages": {"stage1": {"steps": 2}, "stage2": {"steps": 1}, "stage3": {"steps": 1}}}
            """);
        var run = await CommandRun.OfAsync(RenderCommand.Create(), ["--requests", requests, "--out", folder.File(name), .. options]);
        Assert.True(run.Code == ExitCode.Success, run.Said);
        using var file = File.OpenRead(Path.Combine(folder.File(name), "a.png"));
        return (Picture.ReadPng(file, out var text), text);
    }
}
