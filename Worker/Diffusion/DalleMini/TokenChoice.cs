namespace RenderFarm.Diffusion.DalleMini;

/// <summary>How one picture's tokens are chosen.</summary>
/// <param name="Guidance">s of super conditioning, l_u + s (l_c − l_u); at most 1 means none.</param>
/// <param name="TopK">How many of the likeliest tokens are drawn from, at least 1; more than there are means all.</param>
/// <param name="Temperature">What logits are divided by; 0 takes the likeliest token.</param>
internal readonly record struct TokenChoice(double Guidance, int TopK, double Temperature);
