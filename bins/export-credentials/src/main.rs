//! Print the AWS credentials of a profile for a shell or a program.

fn main() {}
