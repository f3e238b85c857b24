global using TorchSharp.Utils;
global using Parameter = TorchSharp.Modules.Parameter;
