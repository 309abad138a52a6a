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
    private static readonly HashSet<string> Origins = new(StringComparer.Ordinal)
    {
        "https://app.example",
    };

    private static bool IsAllowed(string origin) =>
        Origins.Contains(origin);

    /// <summary>Puts the policy around all that is used after it.</summary>
    public static IApplicationBuilder UseCorsPolicy(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            var headers = context.Request.Headers;
            // Every answer depends on who asks.
            context.Response.OnStarting(() =>
            {
                var vary = context.Response.Headers.GetCommaSeparatedValues("Vary");
                if (!Array.Exists(vary, name => name == "*" || name.Equals("Origin", StringComparison.OrdinalIgnoreCase)))
                {
                    context.Response.Headers.Append("Vary", "Origin");
                }
                return Task.CompletedTask;
            });
            var refusable = headers.ContainsKey("Origin")
                && HttpMethods.IsOptions(context.Request.Method)
                && headers.ContainsKey("Access-Control-Request-Method");
            if (refusable && !IsAllowed(headers["Origin"].ToString()))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }
            return next(context);
        });
        return app.UseCors(policy => policy
            .SetIsOriginAllowed(IsAllowed)
            .WithMethods("PUT")
            .WithHeaders("Content-Type")
            .WithExposedHeaders()
            .DisallowCredentials());
    }
}
