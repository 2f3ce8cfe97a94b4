use identity_center_emulator::{Fault, Operation};

use crate::signed_in;

#[test]
fn logs_and_results_contain_no_secrets() {
    let check = |arguments: &str, fault: Option<Fault>| {
        let (center, env) = signed_in();
        if let Some(fault) = fault {
            center.fail_always(Operation::Logout, fault);
        }
        let logout = env
            .run(&format!("sso-logout -vv {arguments}"))
            .expect_code(0);
        let output = format!("{}{}", logout.stdout(), logout.stderr());
        let mut secrets = center.issued_secrets();
        secrets.extend(["hunter2".to_owned(), "hunter3".to_owned()]);
        for secret in secrets {
            assert!(!output.contains(&secret), "{secret} in {output}");
        }
    };
    check("", None);
    check("--output json --forget-clients", None);
    check("--dry-run", None);
    check("", Some(Fault::InvalidJson));
}
