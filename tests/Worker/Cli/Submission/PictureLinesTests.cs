using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Farms;
using RenderFarm.Cli.Submission;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Submission;

public sealed class PictureLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Nothing listens there: what is asked of it fails.</summary>
    private readonly FarmClient _nobody = new(new Uri("http://127.0.0.1:9/"), TimeProvider.System);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UploadAsync_LineThatIsNotUtf8_IsRefusedByItsNumber(bool withMark)
    {
        _folder.Write("start.png", "");
        byte[] mark = withMark ? [0xEF, 0xBB, 0xBF] : [];
        var file = _folder.Write("requests.jsonl", [.. mark, .. "{\"prompt\":\"a\",\"start\":\"start.png\"}\n{\"prompt\":\""u8, 0xFF, .. "\"}"u8]);
        using var lines = new PictureLines(_nobody, file);

        var error = await Assert.ThrowsAsync<ToolException>(() => lines.UploadAsync(TestContext.Current.CancellationToken));

        Assert.Equal($"{file}, line 2: invalid UTF-8; save the file as UTF-8.", error.Message);
    }

    [Theory]
    [InlineData("""{"prompt":"a","start":"\ud800"}""")]
    [InlineData("""{"\ud800":"a","start":"start.png"}""")]
    [InlineData("""{"prompt":"\ud800","start":"start.png"}""")]
    [InlineData("""{"prompt":"a","prompt":"b","start":"start.png"}""")]
    public async Task UploadAsync_LineThatCannotBeRead_IsLeftToTheFarm(string line)
    {
        var file = _folder.Write("requests.jsonl", line);
        using var lines = new PictureLines(_nobody, file);
        Assert.Equal(file, await lines.UploadAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        _nobody.Dispose();
        _folder.Dispose();
    }
}
