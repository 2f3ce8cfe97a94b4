use cli_ux::Table;

fn table() -> Table {
    let mut table = Table::new(["NAME", "STATE"]);
    table.add(["my-sso", "valid for 59m"]);
    table.add(["組織", "signed out"]);
    table.add(["", "–"]);
    table
}

#[test]
fn columns_are_aligned_if_they_fit() {
    let aligned = "\
NAME    STATE
my-sso  valid for 59m
組織    signed out
        –
";
    assert_eq!(table().fitted_to(80), aligned);
    assert_eq!(table().fitted_to(21), aligned);
}

#[test]
fn rows_are_blocks_if_columns_do_not_fit() {
    let blocks = "\
NAME   my-sso
STATE  valid for 59m

NAME   組織
STATE  signed out

NAME   
STATE  –
";
    assert_eq!(table().fitted_to(20), blocks);
    assert_eq!(table().fitted_to(0), blocks);
}

#[test]
fn table_without_rows_is_empty() {
    assert_eq!(Table::new(["NAME"]).fitted_to(80), "");
}
