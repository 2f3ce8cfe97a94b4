//! How requests reach the services of AWS IAM Identity Center: endpoints, retries, proxies, trust
