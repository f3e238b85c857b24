using RenderFarm.Worker;
using RenderFarm.Worker.Messaging;
using RenderFarm.Worker.Rendering;
using RenderFarm.Worker.Telemetry;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
builder.Services.AddWorkerBus(builder.Configuration);
builder.Services.AddCascade(builder.Configuration);
builder.Services.AddTelemetry(builder.Configuration);
var app = builder.Build();
app.MapWorkerHealth();
app.MapPrometheusScrapingEndpoint();
await app.RunAsync().ConfigureAwait(false);
