using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RenderFarm.Persistence.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class FairTurns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "busy_at",
                table: "models",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "served_at",
                table: "lanes",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "postponed",
                table: "jobs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "turns",
                columns: table => new
                {
                    model = table.Column<string>(type: "text", nullable: false),
                    tenant = table.Column<string>(type: "text", nullable: false),
                    served_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_turns", x => new { x.model, x.tenant });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "turns");

            migrationBuilder.DropColumn(
                name: "busy_at",
                table: "models");

            migrationBuilder.DropColumn(
                name: "served_at",
                table: "lanes");

            migrationBuilder.DropColumn(
                name: "postponed",
                table: "jobs");
        }
    }
}
