using RenderFarm.Api;
using RenderFarm.Persistence;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
builder.Services.AddRenderFarmApi(builder.Configuration);
var app = builder.Build();
app.MapRenderFarm();
if (args is ["migrate", ..])
{
    await app.Services.GetRequiredService<FarmDatabase>().MigrateAsync(CancellationToken.None).ConfigureAwait(false);
    return;
}

await app.StartRenderFarmAsync().ConfigureAwait(false);
await app.WaitForShutdownAsync().ConfigureAwait(false);
