using RenderFarm.FarmTesting;
using RenderFarm.Worker;
using RenderFarm.Worker.Messaging;

// The worker's own process in everything but its renderer: what it is worth under kill -9 is seen without a model's cost.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddWorkerBus(builder.Configuration);
builder.Services.AddRenderFarmWorker(builder.Configuration, _ => new TestRenderer { MaxBatch = 2 });
var app = builder.Build();
app.MapWorkerHealth();
await app.RunAsync();
