using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RenderFarm.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Retention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_batch_id",
                table: "idempotency_keys",
                column: "batch_id");

            migrationBuilder.CreateIndex(
                name: "ix_batches_finished_at",
                table: "batches",
                column: "finished_at",
                filter: "state = 'finished'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_idempotency_keys_batch_id",
                table: "idempotency_keys");

            migrationBuilder.DropIndex(
                name: "ix_batches_finished_at",
                table: "batches");
        }
    }
}
