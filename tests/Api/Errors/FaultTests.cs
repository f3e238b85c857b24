using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Errors;

public sealed class FaultTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FarmHost _farm = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(_folder.Path, settings: new Dictionary<string, string?> { ["Intake:MaxBytes"] = "2048" });

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Submit_BodyTooLarge_Is413AndStoresNothing(string type)
    {
        foreach (var isChunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batches")
            {
                Content = new StringContent("{\"prompt\": \"a\"}\n" + new string(' ', 4096), Encoding.UTF8, type), Headers = { TransferEncodingChunked = isChunked },
            };
            using var response = await _farm.Client.SendAsync(request, Token);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        }

        Assert.Empty((await _farm.GetAsync<Contracts.Batches.BatchPage>("/v1/batches")).Items);
    }

    [Theory]
    [InlineData("/v1/batches?limit=99999999999", "limit")]
    [InlineData("/v1/batches?after=garbage", "after")]
    public async Task Get_QueryThatCannotBeRead_NamesParameterAndValue(string path, string parameter)
    {
        using var response = await _farm.Client.GetAsync(path, Token);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains($" {parameter}\"", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(path[(path.IndexOf('=') + 1)..], problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_DatabaseFails_Is503ThatSaysWhatIsNotKnownAndWhatToDo()
    {
        await ExecuteAsync("create trigger refuse before insert on jobs begin select raise(abort, 'the disk is gone'); end");
        using var response = await _farm.PostLinesAsync("{\"prompt\": \"a\"}", key: "k");
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        await ExecuteAsync("drop trigger refuse");
        using var again = await _farm.PostLinesAsync("{\"prompt\": \"a\"}", key: "k");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5)), (response.StatusCode, response.Headers.RetryAfter?.Delta));
        Assert.Contains("not known", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Contains("the same Idempotency-Key", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
    }

    [Fact]
    public async Task Get_PictureThatTheStoreLost_Is503AndOnlySaysSo()
    {
        var batch = await _farm.SubmitAsync("{\"prompt\": \"a\"}");
        await _farm.FinishedAsync(batch.Id);
        var output = (await _farm.JobsAsync(batch.Id))[0].Outputs[0];
        Directory.Delete(_folder.File("pictures"), recursive: true);
        using var response = await _farm.Client.GetAsync(output.Url, Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.DoesNotContain("Idempotency-Key", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("farm.db")};Default Timeout=60");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Token);
    }
}
