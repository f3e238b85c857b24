using RenderFarm.Benchmarks;
using Spectre.Console;

var output = AnsiConsole.Profile.Out.Writer;
var benchmarks = Benchmark.All();
if (args.Length > 0 && benchmarks.FirstOrDefault(b => b.Name == args[0]) is { } chosen)
{
    try
    {
        chosen.Run(args[1..], output);
        return 0;
    }
    catch (ArgumentException error)
    {
        output.WriteLine(error.Message);
        output.WriteLine($"usage: {chosen.Name} {chosen.Usage}");
        return 2;
    }
}

output.WriteLine("usage: one of");
foreach (var benchmark in benchmarks) output.WriteLine($"  {benchmark.Name} {benchmark.Usage}");
return 2;
