use aws_console::{Destination, DestinationError, Partition, Service};

fn partition(region: &str) -> &'static Partition {
    Partition::of(&region.parse().unwrap())
}

fn check_refused(url: &str, reason: &str) {
    match Destination::parse(url, partition("us-east-1")) {
        Err(DestinationError::InvalidUrl { reason: found }) => {
            assert!(found.contains(reason), "{url:?}: {found}");
            assert!(!found.contains("evil"), "{found}");
        }
        other => panic!("{url:?}: {other:?}"),
    }
}

#[test]
fn hosts_of_the_console_in_the_partition_are_accepted() {
    for (region, url) in [
        ("us-east-1", "https://console.aws.amazon.com"),
        ("us-east-1", "https://console.aws.amazon.com/"),
        (
            "eu-west-1",
            "https://eu-west-1.console.aws.amazon.com/s3/buckets?x=1#y",
        ),
        (
            "eu-west-1",
            "https://111122223333-abcdefgh.eu-west-1.console.aws.amazon.com/",
        ),
        ("us-east-1", "HTTPS://Console.AWS.Amazon.com/x"),
        ("us-east-1", "https://console.aws.amazon.com?a@b:c"),
        ("us-east-1", "https://console.aws.amazon.com#a@b:c"),
        ("cn-north-1", "https://console.amazonaws.cn/s3"),
        ("us-gov-west-1", "https://console.amazonaws-us-gov.com/"),
        (
            "eusc-de-east-1",
            "https://eusc-de-east-1.console.amazonaws-eusc.eu/",
        ),
    ] {
        let destination = Destination::parse(url, partition(region));
        assert_eq!(destination.unwrap().as_str(), url);
    }
}

#[test]
fn other_hosts_are_refused() {
    let not_in = "its host is not in console.aws.amazon.com";
    for host in [
        "console.aws.amazon.com.evil.example",
        "evilconsole.aws.amazon.com",
        "evil.example",
        "evil.example/console.aws.amazon.com",
        "evil.example?.console.aws.amazon.com",
        "evil.example#.console.aws.amazon.com",
        "console.aws.amazon.com.",
        ".console.aws.amazon.com",
        "a..console.aws.amazon.com",
        "evil%2f.console.aws.amazon.com",
        "evil.example%23.console.aws.amazon.com",
        "[::1].console.aws.amazon.com",
        "console.amazonaws.cn",
        "signin.aws.amazon.com",
        "aws.amazon.com",
        "",
    ] {
        let url = format!("https://{host}/");
        let reason = if host.contains("::") {
            "a port"
        } else {
            not_in
        };
        check_refused(&url, reason);
    }
}

#[test]
fn users_ports_schemes_and_characters_are_refused() {
    let console = "console.aws.amazon.com";
    check_refused(&format!("https://a@{console}/"), "a user name");
    check_refused(&format!("https://{console}@evil.example/"), "a user name");
    check_refused(&format!("https://{console}:443/"), "a port");
    check_refused(&format!("https://{console}:evil@{console}/"), "a user name");
    for scheme in ["http", "ftp", "javascript", "data", "file"] {
        check_refused(&format!("{scheme}://{console}/"), "https://");
    }
    for url in [
        "",
        "console.aws.amazon.com",
        "//console.aws.amazon.com",
        "https:/x",
        "ü",
    ] {
        let reason = if url == "ü" { "ASCII" } else { "https://" };
        check_refused(url, reason);
    }
    for character in [
        ' ', '\t', '\n', '\0', '\u{1b}', '\u{7f}', '\\', 'ü', '\u{202e}',
    ] {
        check_refused(&format!("https://{console}/{character}"), "ASCII");
        check_refused(
            &format!("https://{console}{character}.evil.example/"),
            "ASCII",
        );
    }
}

#[test]
fn pages_are_in_the_region_and_in_the_partition() {
    let check = |service: Option<&str>, partition_of: &str, region: Option<&str>, url: &str| {
        let region = region.map(|region| region.parse().unwrap());
        let partition = partition(partition_of);
        let destination = match service {
            Some(name) => {
                let service = Service::named(name).unwrap();
                Destination::of_service(service, partition, region.as_ref())
            }
            None => Destination::home(partition, region.as_ref()),
        };
        let destination = destination.unwrap();
        assert_eq!(destination.as_str(), url);
        assert_eq!(Destination::parse(url, partition), Ok(destination));
    };
    let (eu, cn, gov) = ("eu-west-1", "cn-north-1", "us-gov-west-1");
    check(None, eu, None, "https://console.aws.amazon.com/");
    let home = "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1";
    check(None, eu, Some(eu), home);
    let s3 = "https://eu-west-1.console.aws.amazon.com/s3/buckets?region=eu-west-1";
    check(Some("s3"), eu, Some(eu), s3);
    check(
        Some("s3"),
        eu,
        None,
        "https://console.aws.amazon.com/s3/buckets",
    );
    check(
        Some("iam"),
        eu,
        Some(eu),
        "https://console.aws.amazon.com/iam/home",
    );
    let logs = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1\
                #logsV2:log-groups";
    check(Some("logs"), eu, Some(eu), logs);
    let costs = "https://console.aws.amazon.com/costmanagement/home#/cost-explorer";
    check(Some("ce"), eu, Some(eu), costs);
    let china = "https://cn-north-1.console.amazonaws.cn/ec2/home?region=cn-north-1";
    check(Some("ec2"), cn, Some(cn), china);
    check(
        Some("ec2"),
        gov,
        None,
        "https://console.amazonaws-us-gov.com/ec2/home",
    );
}

#[test]
fn isolated_partitions_have_no_known_console() {
    for region in [
        "us-iso-east-1",
        "us-isob-east-1",
        "eu-isoe-west-1",
        "us-isof-south-1",
    ] {
        let partition = partition(region);
        let expected = DestinationError::UnknownConsole {
            partition: partition.name(),
        };
        assert_eq!(Destination::home(partition, None), Err(expected));
    }
}
