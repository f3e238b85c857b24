using Microsoft.AspNetCore.Http.HttpResults;
using RenderFarm.Api.Errors;
using RenderFarm.Api.Tenants;
using RenderFarm.Contracts.Schedules;
using RenderFarm.Persistence.Schedules;

namespace RenderFarm.Api.Schedules;

internal static class ScheduleEndpoints
{
    private const int MaxPage = 1000;

    public static void AddSchedules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ScheduleOptions>().Bind(configuration.GetSection(ScheduleOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ScheduleIntake>().AddSingleton<ScheduleRunner>().AddTransient<ScheduleJob>();
    }

    public static void MapSchedules(this IEndpointRouteBuilder routes)
    {
        var schedules = routes.MapGroup("/v1/schedules").WithTags("Schedules");
        schedules.MapPost("/", CreateAsync).WithName("CreateSchedule").Accepts<ScheduleRequest>("application/json").ProducesProblem(400).ProducesProblem(413);
        schedules.MapGet("/", ListAsync).WithName("ListSchedules").ProducesProblem(400);
        schedules.MapGet("/{id:guid}", GetAsync).WithName("GetSchedule").ProducesProblem(404);
        schedules.MapDelete("/{id:guid}", DeleteAsync).WithName("DeleteSchedule").ProducesProblem(404);
    }

    private static async Task<Results<Created<ScheduleStatus>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, Tenant tenant, ScheduleIntake intake, ScheduleStore schedules, CancellationToken cancellationToken)
    {
        var (id, errors) = await intake.TakeAsync(tenant.Name, request.Body, cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
            return Problems.Refused("The schedule was not accepted; nothing of it was stored.", errors);
        var schedule = await schedules.FindAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false);
        return TypedResults.Created($"/v1/schedules/{id}", Status(schedule!));
    }

    private static async Task<Results<Ok<SchedulePage>, ProblemHttpResult>> ListAsync(
        Tenant tenant, ScheduleStore schedules, CancellationToken cancellationToken, Guid? after = null, int limit = 100)
    {
        if (limit is < 1 or > MaxPage)
            return Problems.Limit(limit, MaxPage);
        var items = await schedules.ListAsync(tenant.Name, after, limit + 1, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new SchedulePage { Items = [.. items.Take(limit).Select(Status)], Next = items.Count > limit ? items[limit - 1].Id.ToString() : null });
    }

    private static async Task<Results<Ok<ScheduleStatus>, ProblemHttpResult>> GetAsync(Guid id, Tenant tenant, ScheduleStore schedules, CancellationToken cancellationToken) =>
        await schedules.FindAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) is { } schedule
            ? TypedResults.Ok(Status(schedule)) : Problems.Unknown("schedule", id);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, Tenant tenant, ScheduleStore schedules, CancellationToken cancellationToken) =>
        await schedules.DeleteAsync(tenant.Name, id, cancellationToken).ConfigureAwait(false) ? TypedResults.NoContent() : Problems.Unknown("schedule", id);

    private static ScheduleStatus Status(Schedule schedule) => new()
    {
        Id = schedule.Id,
        Tenant = schedule.Tenant,
        Name = schedule.Name,
        Cron = schedule.Cron,
        TimeZone = schedule.TimeZone,
        CreatedAt = schedule.CreatedAt,
        NextAt = schedule.NextAt,
        LastAt = schedule.LastAt,
        LastBatchUrl = schedule.LastBatchId is { } batch ? $"/v1/batches/{batch}" : null,
        LastError = schedule.LastError,
    };
}
