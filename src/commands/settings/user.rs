use super::{get_token, info, set_username};

group!(User {
    GetToken(get_token::GetToken),
    Info(info::Info),
    SetUsername(set_username::SetUsername),
});
