using RenderFarm.Worker;
using RenderFarm.Worker.Messaging;
using RenderFarm.Worker.Rendering;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddWorkerBus(builder.Configuration);
builder.Services.AddCascade(builder.Configuration);
var app = builder.Build();
app.MapWorkerHealth();
await app.RunAsync().ConfigureAwait(false);
