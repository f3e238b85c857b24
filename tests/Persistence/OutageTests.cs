using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;
using RenderFarm.Persistence.Storage;
using Xunit;

namespace RenderFarm.Persistence.Tests;

public sealed class OutageTests
{
    [Theory]
    [InlineData("53300", true)]
    [InlineData("57P01", true)]
    [InlineData("08006", true)]
    [InlineData("23505", false)]
    [InlineData("22001", false)]
    [InlineData("42703", false)]
    public void Is_AnswerOfPostgres_ByItsClass(string state, bool isOutage) =>
        Assert.Equal(isOutage, Outage.Is(new PostgresException("message", "ERROR", "ERROR", state)));

    [Theory]
    [InlineData(5, true)]
    [InlineData(10, true)]
    [InlineData(13, true)]
    [InlineData(14, true)]
    [InlineData(1, false)]
    [InlineData(19, false)]
    public void Is_AnswerOfSqlite_ByItsCode(int code, bool isOutage) => Assert.Equal(isOutage, Outage.Is(new SqliteException("message", code)));

    [Fact]
    public void Is_OtherErrors_ByTheirKind()
    {
        var refused = new NpgsqlException("connection refused", new SocketException());
        Assert.True(Outage.Is(refused));
        Assert.True(Outage.Is(new InvalidOperationException("likely due to a transient failure", refused)));
        Assert.True(Outage.Is(new StoreException("no answer")));
        Assert.False(Outage.Is(new InvalidOperationException("a row of zeros")));
        Assert.False(Outage.Is(new IOException("the renderer's own")));
    }
}
