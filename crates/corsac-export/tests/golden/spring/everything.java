// The policy `app` for Spring Boot 3, made by `corsac export`.
// Save it as CorsPolicy.java beside your application's class, with the same package line on top.
// - 403 for refused preflights: so is every other request of such an origin, whether or not the policy refuses it
// - the application's own `OPTIONS`: with an Origin it is answered 403, unless OPTIONS is among the methods
// - headers on errors: answers that the servlet container makes before any filter have none
// - removal of the application's own CORS headers: they stay: take Access-Control-* out of your controllers, or they speak in place of the policy

import java.util.List;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

@Configuration
public class CorsPolicy {

    // Before all other filters, Spring Security's among them, so that preflights meet none of them.
    @Bean
    public FilterRegistrationBean<CorsFilter> corsPolicyFilter() {
        CorsConfiguration policy = new CorsConfiguration();
        policy.setAllowedOrigins(List.of("https://app.example", "tauri://localhost", "https://xn--bcher-kva.example:8443"));
        policy.setAllowedOriginPatterns(List.of("https://*.app.example", "http://localhost:[*]"));
        policy.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"));
        policy.setAllowedHeaders(List.of("Authorization", "Content-Type", "X-Request-Id"));
        policy.setExposedHeaders(List.of("X-Request-Id", "X-Total"));
        policy.setAllowCredentials(true);
        policy.setMaxAge(7200L);

        UrlBasedCorsConfigurationSource everywhere = new UrlBasedCorsConfigurationSource();
        everywhere.registerCorsConfiguration("/**", policy);
        FilterRegistrationBean<CorsFilter> filter = new FilterRegistrationBean<>(new CorsFilter(everywhere));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }
}
