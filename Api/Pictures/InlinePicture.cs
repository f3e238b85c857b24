namespace RenderFarm.Api.Pictures;

/// <summary>A picture that a submission holds itself.</summary>
internal sealed record InlinePicture(byte[] Content, CheckedPicture Checked);
