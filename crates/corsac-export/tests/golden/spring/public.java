// The policy `app` for Spring Boot 3, made by `corsac export`.
// Save it as CorsPolicy.java beside your application's class, with the same package line on top.
// - any origin (`*`): the headers are on answers to requests with Origin alone, and caches are told so
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
        policy.setAllowedOrigins(List.of("*"));
        policy.setAllowedMethods(List.of("GET", "HEAD", "POST"));
        policy.setAllowedHeaders(List.of("Content-Type", "X-Api-Key"));
        policy.setExposedHeaders(List.of("*"));
        policy.setAllowCredentials(false);
        policy.setMaxAge(7200L);

        UrlBasedCorsConfigurationSource everywhere = new UrlBasedCorsConfigurationSource();
        everywhere.registerCorsConfiguration("/**", policy);
        FilterRegistrationBean<CorsFilter> filter = new FilterRegistrationBean<>(new CorsFilter(everywhere));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }
}
