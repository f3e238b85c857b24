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

    [Fact]
    public async Task UploadAsync_LineThatIsNotUtf8_LeavesTheFileToTheFarmWhichNamesTheLine()
    {
        _folder.Write("start.png", "");
        await UploadsNothingAsync([.. "{\"prompt\":\"a\",\"start\":\"start.png\"}\n{\"prompt\":\""u8, 0xFF, .. "\"}"u8]);
    }

    [Fact]
    public async Task UploadAsync_NameThatIsHalfACharacter_LeavesTheFileToTheFarm() =>
        await UploadsNothingAsync([.. """{"prompt":"a","start":"\ud800"}"""u8]);

    public void Dispose()
    {
        _nobody.Dispose();
        _folder.Dispose();
    }

    private async Task UploadsNothingAsync(byte[] requests)
    {
        var file = _folder.Write("requests.jsonl", requests);
        using var lines = new PictureLines(_nobody, file);
        Assert.Equal(file, await lines.UploadAsync(TestContext.Current.CancellationToken));
    }
}
