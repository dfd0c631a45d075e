use super::*;

const BASE: &str = "https://x.example/scim/v2/k";

/// The value at a JSON pointer of a document.
fn check(document: &Value, pointer: &str, expected: &Value) {
    assert_eq!(document.pointer(pointer).unwrap_or(&Value::Null), expected, "{pointer}");
}

#[test]
fn config_says_what_is_enforced() {
    let config = service_provider_config(BASE, &Capabilities::default());
    check(&config, "/schemas/0", &json!(CONFIG_SCHEMA));
    check(&config, "/patch/supported", &json!(true));
    check(&config, "/bulk", &json!({ "supported": false, "maxOperations": 1000, "maxPayloadSize": 2_097_152 }));
    check(&config, "/filter", &json!({ "supported": true, "maxResults": 200 }));
    check(&config, "/changePassword/supported", &json!(false));
    for on in ["sort", "etag"] {
        check(&config, &format!("/{on}/supported"), &json!(true));
    }
    let pagination = json!({
        "cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": 100, "maxPageSize": 200,
    });
    check(&config, "/pagination", &pagination);
    check(&config, "/authenticationSchemes/0/type", &json!("oauthbearertoken"));
    check(&config, "/meta/location", &json!("https://x.example/scim/v2/k/ServiceProviderConfig"));
    check(&config, "/documentationUri", &Value::Null);

    let capabilities = Capabilities {
        features: &[Feature::Etag],
        documentation_uri: Some("https://x.example/docs".to_owned()),
        ..Capabilities::default()
    };
    let config = service_provider_config(BASE, &capabilities);
    check(&config, "/etag/supported", &json!(true));
    check(&config, "/patch/supported", &json!(false));
    check(&config, "/documentationUri", &json!("https://x.example/docs"));
}

#[test]
fn resource_types_list_and_one() {
    let list = resource_types(BASE);
    check(&list, "/totalResults", &json!(2));
    check(&list, "/itemsPerPage", &json!(2));
    check(&list, "/Resources/0/endpoint", &json!("/Users"));
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    check(&list, "/Resources/0/schemaExtensions", &json!([{ "schema": enterprise, "required": false }]));
    check(&list, "/Resources/1/schema", &json!("urn:ietf:params:scim:schemas:core:2.0:Group"));
    assert_eq!(resource_type(BASE, "group").as_ref(), list.pointer("/Resources/1"));
    assert_eq!(resource_type(BASE, "Device"), None);
}

#[test]
fn schemas_list_and_one() {
    let list = schemas(BASE);
    check(&list, "/totalResults", &json!(3));
    let user = schema(BASE, "urn:ietf:params:scim:schemas:core:2.0:USER").unwrap();
    assert_eq!(Some(&user), list.pointer("/Resources/0"));
    assert_eq!(schema(BASE, "urn:x:y"), None);
    check(
        &user,
        "/attributes/0",
        &json!({
            "name": "userName", "type": "string", "multiValued": false,
            "description": "What the user signs in with; unique without case.", "required": true, "caseExact": false,
            "mutability": "readWrite", "returned": "default", "uniqueness": "server",
        }),
    );
    let attribute = |name: &str| user["attributes"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
    check(attribute("password"), "/returned", &json!("never"));
    check(attribute("password"), "/mutability", &json!("writeOnly"));
    check(attribute("groups"), "/mutability", &json!("readOnly"));
    check(attribute("emails"), "/subAttributes/2/canonicalValues", &json!(["work", "home", "other"]));
    check(attribute("profileUrl"), "/referenceTypes", &json!(["external"]));
    for common in ["id", "externalId", "meta", "schemas"] {
        assert!(user["attributes"].as_array().unwrap().iter().all(|row| row["name"] != common), "{common}");
    }
}
