using RenderFarm.Api;
using RenderFarm.Api.Start;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
builder.Services.AddRenderFarmApi(builder.Configuration);
if (args is [MigrateCommand.Name, ..])
    return await MigrateCommand.RunAsync(builder).ConfigureAwait(false);
var app = builder.Build();
app.MapRenderFarm();
return await app.RunRenderFarmAsync().ConfigureAwait(false);
