using System.Reflection;
using System.Reflection.Emit;

namespace RenderFarm.Diffusion.Tests.Layers;

/// <summary>Reads out of compiled code which methods a method calls.</summary>
internal static class MethodCalls
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private const byte TwoBytes = 0xFE;

    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Every method of an assembly, lambdas and initialisers among them, with what it calls.</summary>
    public static Dictionary<MethodBase, IReadOnlyList<MethodBase>> Of(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => type.GetMethods(Everything).Concat<MethodBase>(type.GetConstructors(Everything))).ToDictionary(method => method, Of);

    private static IReadOnlyList<MethodBase> Of(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) return [];
        var called = new List<MethodBase>();
        for (var at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == TwoBytes) value = (short)(TwoBytes << 8 | code[at++]);
            var operand = Codes[value].OperandType;
            if (operand == OperandType.InlineMethod) called.Add(Resolve(method, BitConverter.ToInt32(code, at)));
            at += Size(operand, code, at);
        }
        return called;
    }

    private static MethodBase Resolve(MethodBase method, int token)
    {
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return method.Module.ResolveMethod(token, typeArguments, methodArguments)!;
    }

    private static int Size(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => sizeof(byte),
        OperandType.InlineVar => sizeof(short),
        OperandType.InlineI8 or OperandType.InlineR => sizeof(long),
        OperandType.InlineSwitch => sizeof(int) * (1 + BitConverter.ToInt32(code, at)),
        _ => sizeof(int),
    };
}
