using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Requests;

public sealed class RequestFileTests
{
    [Fact]
    public void Read_EveryField_TakesItOver()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("all.jsonl", """
            {"custom_id":"a","prompt":"a red circle","negative_prompt":"blue","seed":9223372036854775807,"stages":{"stage2":{"steps":5,"guidance":2.5,"noise_level":0,"sampler":"ddim"},"stage1":{"top_k":7,"temperature":0.5},"stage3":{"prior_steps":9,"prior_guidance":2.5,"super_resolution_steps":3}}}
            """);

        var request = Assert.Single(RequestFile.Read(path));

        Assert.Equal(("a", "a red circle", "blue", (long?)long.MaxValue), (request.CustomId, request.Prompt, request.NegativePrompt, request.Seed));
        var stage = request.Stages["stage2"];
        Assert.Equal((5, 2.5, 0, "ddim"), (stage.Steps, stage.Guidance, stage.NoiseLevel, stage.Sampler));
        Assert.Null(stage.Timesteps);
        Assert.Equal((7, 0.5), (request.Stages["stage1"].TopK, request.Stages["stage1"].Temperature));
        var unclip = request.Stages["stage3"];
        Assert.Equal((9, 2.5, 3), (unclip.PriorSteps, unclip.PriorGuidance, unclip.SuperResolutionSteps));
    }

    [Fact]
    public void Read_ByteOrderMarkBlankLinesAndWindowsEnds_AreNoRequests()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("blank.jsonl", "\uFEFF{\"prompt\":\"один\"}\r\n\r\n  \n{\"prompt\":\"two\"}");

        var requests = RequestFile.Read(path);

        Assert.Equal([("job-1", "один"), ("job-2", "two")], requests.Select(request => (request.CustomId, request.Prompt)));
    }

    [Fact]
    public void Read_GivenIdsThatLookLikeDefaults_AreNotTakenByThem()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("ids.jsonl", """
            {"prompt": "a"}
            {"prompt": "b", "custom_id": "job-1"}
            {"prompt": "c"}
            """);
        Assert.Equal(["job-1-2", "job-1", "job-3"], RequestFile.Read(path).Select(request => request.CustomId));
    }

    [Theory]
    [InlineData("{\"prompt\":\"a\"}\n{\"prompt\":", "line 2: invalid JSON")]
    [InlineData("[1]", "line 1: it is not a JSON object")]
    [InlineData("{}", "line 1: 'prompt' is missing")]
    [InlineData("{\"prompt\":\" \"}", "line 1: 'prompt' is empty")]
    [InlineData("{\"prompt\":7}", "line 1: 'prompt' is 7; expected is a string")]
    [InlineData("{\"prompt\":\"a\",\"seed\":-1}", "'seed' is -1; expected is a whole number from 0")]
    [InlineData("{\"prompt\":\"a\",\"seed\":1.5}", "'seed' is 1.5")]
    [InlineData("{\"prompt\":\"a\",\"sed\":1}", "'sed' is not known; known are custom_id, ")]
    [InlineData("{\"prompt\":\"a\",\"prompt\":\"b\"}", "line 1: invalid JSON")]
    [InlineData("{\"prompt\":\"\\ud800\"}", "line 1: invalid JSON")]
    [InlineData("{\"prompt\":\"a\",\"stages\":{\"stage1\":{\"top_k\":0}}}", "'stages.stage1.top_k' is 0; expected is a whole number from 1 to 1000000")]
    [InlineData("{\"prompt\":\"a\",\"stages\":{\"stage1\":{\"temperature\":-1}}}", "'stages.stage1.temperature' is -1; expected is a number from 0 to 100")]
    [InlineData("{\"prompt\":\"a\",\"stages\":{\"stage1\":{\"prior_steps\":1}}}", "'stages.stage1.prior_steps' is 1; expected is a whole number from 2 to 1000")]
    [InlineData("{\"prompt\":\"a\",\"stages\":{\"stage1\":{\"prior_guidance\":101}}}", "'stages.stage1.prior_guidance' is 101; expected is a number from 0 to 100")]
    [InlineData("{\"prompt\":\"a\",\"stages\":{\"stage1\":{\"super_resolution_steps\":1001}}}", "'stages.stage1.super_resolution_steps' is 1001; expected is a whole number from 2 to 1000")]
    [InlineData("{\"prompt\":\"a\",\"stages\":{\"stage1\":{\"steps\":0}}}", "'stages.stage1.steps' is 0; expected is a whole number from 1 to 1000")]
    [InlineData("{\"prompt\":\"a\",\"stages\":{\"stage1\":{\"step\":1}}}", "'stages.stage1.step' is not known")]
    [InlineData("{\"prompt\":\"a\",\"custom_id\":\"x\"}\n\n{\"prompt\":\"b\",\"custom_id\":\"x\"}", "line 3: custom_id 'x' is taken by line 1")]
    [InlineData("\n\n", "holds no requests")]
    public void Read_NoRequest_SaysWhichLineAndWhy(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.jsonl", text);

        var error = Assert.Throws<ToolException>(() => RequestFile.Read(path));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PictureToLookAt_NeedsNoPromptAndIsCheckedAtOnce()
    {
        using var folder = new TemporaryFolder();
        using (var png = new MemoryStream())
        {
            new Picture(2, 1, [1, 2, 3, 4, 5, 6]).WritePng(png);
            folder.Write("seen.png", png.ToArray());
        }
        folder.Write("text.png", "no picture");

        var requests = RequestFile.Read(folder.Write("good.jsonl", """
            {"reference":"seen.png"}
            {"prompt":"","reference":"seen.png"}
            {"prompt":"  ","reference":"seen.png"}
            {"prompt":"the same in blue","reference":"seen.png"}
            """));

        Assert.Equal(["", "", "", "the same in blue"], requests.Select(request => request.Prompt));
        Assert.All(requests, request => Assert.Equal(2, request.Reference!.Read().Picture.Width));
        foreach (var (fields, fault) in ((string, string)[])[("\"reference\":\"text.png\"", "is no picture that can be read"), ("\"reference\":\"gone.png\"", "There is no file")])
        {
            var error = Assert.Throws<ToolException>(() => RequestFile.Read(folder.Write("bad.jsonl", $"{{{fields}}}")));
            Assert.Contains("line 1: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_PictureToStartFrom_IsFoundBesideTheFileAndCheckedAtOnce()
    {
        using var folder = new TemporaryFolder();
        using (var png = new MemoryStream())
        {
            new Picture(2, 1, [1, 2, 3, 4, 5, 6]).WritePng(png);
            folder.Write("start.png", png.ToArray());
        }
        using (var png = new MemoryStream())
        {
            new Picture(5, 1, new byte[5 * Picture.Channels]).WritePng(png);
            folder.Write("long.png", png.ToArray());
        }
        folder.Write("text.png", "no picture");

        var request = Assert.Single(RequestFile.Read(folder.Write("good.jsonl", """{"prompt":"a","start":"start.png","mask":"start.png","stages":{"stage1":{"strength":0.4,"mask_noise":true}}}""")));

        Assert.Equal((2, 1), (request.Start!.Read().Picture.Width, request.Start.Read().Mask!.Height));
        Assert.Equal((0.4, true), (request.Stages["stage1"].Strength, request.Stages["stage1"].MaskNoise));
        foreach (var (fields, fault) in ((string, string)[])[("\"start\":\"text.png\"", "is no picture that can be read"), ("\"start\":\"gone.png\"", "There is no file"), ("\"start\":\"long.png\"", "long.png' is 5 x 1 pixels; the longer side of a picture to start from is at most 4 times the shorter one"), ("\"mask\":\"start.png\"", "'mask' says where a picture may change, but there is no 'start'")])
        {
            var error = Assert.Throws<ToolException>(() => RequestFile.Read(folder.Write("bad.jsonl", $"{{\"prompt\":\"a\",{fields}}}")));
            Assert.Contains("line 1: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_InvalidUtf8_SaysWhichLine()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.jsonl", [.. "{\"prompt\":\"a\"}\n{\"prompt\":\""u8, 0xC3, 0x28, .. "\"}"u8]);

        var error = Assert.Throws<ToolException>(() => RequestFile.Read(path));

        Assert.Contains("line 2: invalid UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2000, true)]
    [InlineData(2001, false)]
    public void Of_PromptOfLength_AcceptsUpToTheLimit(int length, bool accepted)
    {
        var prompt = new string('a', length);
        if (accepted) Assert.Equal(prompt, RequestFile.Of(prompt).Prompt);
        else Assert.Contains("2,001 characters", Assert.Throws<ToolException>(() => RequestFile.Of(prompt)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoThousandEmoji_AreTwoThousandCharacters()
    {
        using var folder = new TemporaryFolder();
        var longest = string.Concat(Enumerable.Repeat("😀", 2000));

        var request = Assert.Single(RequestFile.Read(folder.Write("emoji.jsonl", $$"""{"prompt":"{{longest}}","negative_prompt":"{{longest}}"}""")));

        Assert.Equal((longest, longest), (request.Prompt, request.NegativePrompt));
        foreach (var field in (string[])["prompt", "negative_prompt"])
        {
            var path = folder.Write("longer.jsonl", $$"""{"prompt":"a","{{field}}":"{{longest}}😀"}""".Replace("\"prompt\":\"a\",\"prompt\"", "\"prompt\"", StringComparison.Ordinal));
            Assert.Contains($"'{field}' has 2,001 characters", Assert.Throws<ToolException>(() => RequestFile.Read(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_Folder_IsNoFile()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("is a folder", Assert.Throws<ToolException>(() => RequestFile.Read(folder.Path)).Message, StringComparison.Ordinal);
    }
}
