using Npgsql;
using RenderFarm.Chaos.Farms;

namespace RenderFarm.Chaos.Evidence;

/// <summary>Every change of every job, written down by a trigger in the transaction that made it: nothing that happens is missed, however short it lasts.</summary>
internal static class History
{
    private const string Trigger = """
        create table chaos_history (n bigint generated always as identity primary key, job uuid, worker text, old_state text, new_state text,
            old_epoch int, new_epoch int, at timestamptz default clock_timestamp());
        create function chaos_note() returns trigger language plpgsql as $$ begin
            insert into chaos_history (job, worker, old_state, new_state, old_epoch, new_epoch)
                values (new.id, new.worker, old.state, new.state, old.epoch, new.epoch);
            return null;
        end $$;
        create trigger chaos_note after update on jobs for each row
            when (old.state is distinct from new.state or old.epoch is distinct from new.epoch) execute function chaos_note();
        """;

    public static Task BeginAsync(NpgsqlDataSource database) => database.ExecuteAsync(Trigger);

    /// <summary>By job, in order.</summary>
    public static async Task<ILookup<Guid, Change>> ReadAsync(NpgsqlDataSource database) =>
        (await database.ListAsync("select job, worker, old_state, new_state, old_epoch, new_epoch, at from chaos_history order by n",
            row => new Change(row.GetGuid(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetInt32(5),
                row.GetFieldValue<DateTimeOffset>(6)))).ToLookup(change => change.Job);
}
