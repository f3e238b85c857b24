using System.ComponentModel.DataAnnotations;

namespace RenderFarm.Api.Maintenance;

/// <summary>Who may look at the recurring work.</summary>
public sealed class MaintenanceOptions : IValidatableObject
{
    public const string Section = "Maintenance";

    /// <summary>User of Hangfire's dashboard at /hangfire. Default: none, and no dashboard.</summary>
    public string? DashboardUser { get; set; }

    /// <summary>The user's password, sent with each request: reach the dashboard over TLS only.</summary>
    public string? DashboardPassword { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(DashboardUser) != string.IsNullOrEmpty(DashboardPassword))
            yield return new("One of Maintenance:DashboardUser and Maintenance:DashboardPassword is empty; set both, or none for no dashboard.", [nameof(DashboardUser)]);
        if (DashboardUser?.Contains(':', StringComparison.Ordinal) == true)
            yield return new($"Maintenance:DashboardUser is '{DashboardUser}'; a user's name cannot hold a colon.", [nameof(DashboardUser)]);
    }
}
