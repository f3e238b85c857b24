namespace RenderFarm.Training.TextPretraining;

/// <summary>How much a text encoder knows of captions that it was not trained on.</summary>
/// <param name="Usual">Share of objects of held-out pairs whose shape, colour, size and fill are all named, in captions of the recipe's world that leave nothing out, none of them hard on purpose.</param>
/// <param name="PlaceFirst">The same where each caption tells of three objects or more, every one after its place.</param>
public sealed record TextAccuracy(double Usual, double PlaceFirst);
