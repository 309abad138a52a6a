// The policy `app` for ASP.NET Core 6 and later, made by `corsac export`.
// Save it as CorsPolicy.cs; then builder.Services.AddCors(), and app.UseCorsPolicy() before everything else, UseHttpsRedirection too.
// - headers on errors: where no middleware of the application handles an exception, the server's own answer has none
// - removal of the application's own CORS headers: they stay where the policy has no word of its own: take Access-Control-* out of your endpoints
// - preflights before authentication: only where app.UseAuthentication() and app.UseAuthorization() are written below it

using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

public static class CorsPolicyMiddleware
{
    /// <summary>Puts the policy around all that is used after it.</summary>
    public static IApplicationBuilder UseCorsPolicy(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            // A cache may give the answer to a request without an origin to a page.
            context.Response.OnStarting(() =>
            {
                if (!context.Request.Headers.ContainsKey("Origin"))
                {
                    context.Response.Headers["Access-Control-Allow-Origin"] = "*";
                    context.Response.Headers["Access-Control-Expose-Headers"] = "*";
                }
                return Task.CompletedTask;
            });
            return next(context);
        });
        return app.UseCors(policy => policy
            .AllowAnyOrigin()
            .WithMethods()
            .WithHeaders("Content-Type", "X-Api-Key")
            .WithExposedHeaders("*")
            .DisallowCredentials()
            .SetPreflightMaxAge(TimeSpan.FromSeconds(7200)));
    }
}
