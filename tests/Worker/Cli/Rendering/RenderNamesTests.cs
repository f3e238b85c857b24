using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Rendering;
using RenderFarm.Cli.Requests;
using RenderFarm.Diffusion.Cascades.Requests;
using Xunit;

namespace RenderFarm.Cli.Tests.Rendering;

public sealed class RenderNamesTests
{
    [Fact]
    public void Check_PictureNamedLikeAnothersStage_IsRefusedOnlyWhereThatIsKept()
    {
        PictureRequest[] requests = [Request("a"), Request("a-stage1")];

        RenderNames.Check(requests, keptStages: 0, previews: false);
        var error = Assert.Throws<ToolException>(() => RenderNames.Check(requests, keptStages: 2, previews: false));

        Assert.Contains("a-stage1.png", error.Message, StringComparison.Ordinal);
        Assert.Contains("stage 1 of 'a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("the picture of 'a-stage1'", error.Message, StringComparison.Ordinal);
        Assert.Contains("custom_id", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_StageThatTheModelLacks_IsNoClash() => RenderNames.Check([Request("a-stage3"), Request("a")], keptStages: 2, previews: false);

    [Fact]
    public void Check_NamesThatFollowEachOther_AreFree() => RenderNames.Check([Request("a"), Request("a-"), Request("a-stage"), Request("b")], keptStages: 3, previews: false);

    [Fact]
    public void Check_PictureNamedLikeAnothersPreview_IsRefusedOnlyWhereThereArePreviews()
    {
        PictureRequest[] requests = [Request("a"), Request("a-preview")];

        RenderNames.Check(requests, keptStages: 0, previews: false);
        var error = Assert.Throws<ToolException>(() => RenderNames.Check(requests, keptStages: 0, previews: true));

        Assert.Contains("a-preview.png", error.Message, StringComparison.Ordinal);
        Assert.Contains("--previews", error.Message, StringComparison.Ordinal);
    }

    private static PictureRequest Request(string id) => new(id, "a star", null, 1, new Dictionary<string, StageSettings>());
}
