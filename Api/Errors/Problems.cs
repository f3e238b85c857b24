using Microsoft.AspNetCore.Http.HttpResults;
using RenderFarm.Contracts.Batches;

namespace RenderFarm.Api.Errors;

/// <summary>The problems that several endpoints answer.</summary>
internal static class Problems
{
    public static ProblemHttpResult Unknown(string noun, object id) =>
        TypedResults.Problem($"There is no {noun} {id}.", statusCode: StatusCodes.Status404NotFound, title: $"Unknown {noun}.");

    public static ProblemHttpResult Bad(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The request cannot be understood.");

    public static ProblemHttpResult Limit(int given, int most) => Bad($"limit is {given}; give 1 to {most}.");

    /// <summary>What is wrong with a body, each thing with its place.</summary>
    public static ProblemHttpResult Refused(string title, IReadOnlyList<InputError> errors) => TypedResults.Problem(
        errors[0].Message, statusCode: StatusCodes.Status400BadRequest, title: title, extensions: new Dictionary<string, object?> { ["errors"] = errors });
}
