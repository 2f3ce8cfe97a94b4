//! Client for the AWS access portal: accounts, roles, role credentials, logout
