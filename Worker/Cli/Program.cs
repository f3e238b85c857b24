using TorchSharp;
var t = torch.randn(512, 512, dtype: torch.ScalarType.BFloat16);
System.Diagnostics.Debug.Assert(t.matmul(t).shape[0] == 512);
Spectre.Console.AnsiConsole.WriteLine(t.matmul(t).shape[0].ToString(System.Globalization.CultureInfo.InvariantCulture));
