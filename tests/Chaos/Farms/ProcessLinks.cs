using System.Globalization;
using Npgsql;
using RenderFarm.ServerTesting.Links;

namespace RenderFarm.Chaos.Farms;

/// <summary>A process's own ways to broker, database and store.</summary>
internal sealed class ProcessLinks : IDisposable
{
    private readonly string _database;
    private readonly Uri _broker;

    public ProcessLinks(string database, Uri broker, int store)
    {
        (_database, _broker) = (database, broker);
        Broker = new(broker.Port);
        Database = new(new NpgsqlConnectionStringBuilder(database).Port);
        Store = new(store);
    }

    public TcpLink Broker { get; }

    public TcpLink Database { get; }

    public TcpLink Store { get; }

    /// <summary>Addresses over these links. A silent broker is noticed by missing heartbeats, a silent database by the commands' time.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Database__ConnectionString"] = new NpgsqlConnectionStringBuilder(_database) { Port = Database.Port, MaxPoolSize = 10, CommandTimeout = 15, CancellationTimeout = 1000 }.ToString(),
        ["Messaging__Address"] = string.Create(CultureInfo.InvariantCulture, $"amqp://{_broker.UserInfo}@127.0.0.1:{Broker.Port}{_broker.AbsolutePath}?heartbeat=5"),
        ["Store__Endpoint"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Store.Port}"),
    };

    public TcpLink Of(Server server) => server switch
    {
        Server.Broker => Broker,
        Server.Database => Database,
        _ => Store,
    };

    public void Dispose()
    {
        Broker.Dispose();
        Database.Dispose();
        Store.Dispose();
    }
}
