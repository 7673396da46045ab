//! Profiles.

use std::time::Duration;

use doorward_domain::{
    Role,
    profile::{CandidateProfile, Profile, ProfileSeed, candidate::Skills},
    user::User,
};

use super::{Outcome, Subject, add_user, read, write};
use crate::builders::{noon, profile, user};

pub async fn a_profile_is_read_as_written(subject: &Subject) -> Outcome {
    let skills = |n: u32| (0..n).rev().map(|n| format!("Skill {n}, \"[]\\ Ж")).collect::<Vec<_>>();
    let seed = || ProfileSeed { company: Some("Tech Corp".to_owned()), phone_number: None };
    let candidate =
        |n| Skills::parse(&skills(n)).map(|skills| CandidateProfile { skills, ..CandidateProfile::default() });
    let mut profiles = vec![Profile::Candidate(candidate(1)?), Profile::Candidate(candidate(50)?)];
    for role in Role::ALL {
        profiles.extend([Profile::begin(role, &seed())?, profile(role)]);
    }
    for (n, profile) in (1..).zip(&profiles) {
        let user = User { role: profile.role(), ..user(n) };
        let mut unit = write(&subject.store).await?;
        unit.users().insert(&user, Some(&crate::builders::password_hash(n))).await?;
        unit.profiles().insert(user.id, profile).await?;
        unit.commit().await?;
        let found = read(&subject.elsewhere).await?.profiles().find(user.id, user.role).await?;
        assert_eq!(found.as_ref(), Some(profile));
    }
    Ok(())
}

pub async fn a_profile_of_another_role_is_not_found(subject: &Subject) -> Outcome {
    for (n, role) in (1..).zip(Role::ALL) {
        let user = User { role, ..user(n) };
        add_user(&subject.store, &user).await?;
        for asked in Role::ALL {
            let found = read(&subject.store).await?.profiles().find(user.id, asked).await?;
            assert_eq!(found.is_some(), asked == role, "{asked} of {role}");
        }
    }
    Ok(())
}

pub async fn an_updated_profile_is_the_one_found(subject: &Subject) -> Outcome {
    for (n, role) in (1..).step_by(2).zip(Role::ALL) {
        let (user, bystander) = (User { role, ..user(n) }, User { role, ..user(n + 1) });
        add_user(&subject.store, &user).await?;
        add_user(&subject.store, &bystander).await?;
        let emptied = Profile::begin(role, &ProfileSeed { company: Some("New Corp".to_owned()), phone_number: None })?;
        for expected in [emptied, profile(role)] {
            let mut unit = write(&subject.store).await?;
            unit.profiles().update(user.id, &expected).await?;
            unit.commit().await?;
            let mut unit = read(&subject.elsewhere).await?;
            assert_eq!(unit.profiles().find(user.id, role).await?, Some(expected));
            assert_eq!(unit.profiles().find(bystander.id, role).await?, Some(profile(role)));
        }
    }
    Ok(())
}

pub async fn a_profile_is_not_there_without_its_user(subject: &Subject) -> Outcome {
    for role in Role::ALL {
        let mut unit = write(&subject.store).await?;
        assert!(unit.profiles().insert(user(1).id, &profile(role)).await.is_err());
        drop(unit);
        assert_eq!(read(&subject.store).await?.profiles().find(user(1).id, role).await?, None);
    }
    Ok(())
}

pub async fn an_archived_profile_is_found_only_in_the_list(subject: &Subject) -> Outcome {
    for (n, role) in (1..).step_by(2).zip(Role::ALL) {
        let (user, bystander) = (User { role, ..user(n) }, User { role, ..user(n + 1) });
        add_user(&subject.store, &user).await?;
        add_user(&subject.store, &bystander).await?;
        let at = noon() + Duration::from_micros(1);
        let mut unit = write(&subject.store).await?;
        unit.profiles().archive(user.id, role, at).await?;
        unit.commit().await?;

        let mut unit = read(&subject.elsewhere).await?;
        assert_eq!(unit.profiles().find(user.id, role).await?, None);
        assert_eq!(unit.profiles().list(user.id).await?, [(profile(role), Some(at))]);
        assert_eq!(unit.profiles().find(bystander.id, role).await?, Some(profile(role)));
        assert_eq!(unit.profiles().list(bystander.id).await?, [(profile(role), None)]);

        // Nor can it be changed, archived again or written over.
        assert!(write(&subject.store).await?.profiles().update(user.id, &profile(role)).await.is_err());
        assert!(write(&subject.store).await?.profiles().archive(user.id, role, noon()).await.is_err());
        assert!(write(&subject.store).await?.profiles().insert(user.id, &profile(role)).await.is_err());
        let mut unit = read(&subject.elsewhere).await?;
        assert_eq!(unit.profiles().list(user.id).await?, [(profile(role), Some(at))]);
    }
    Ok(())
}

pub async fn an_archived_profile_is_restored_as_it_was(subject: &Subject) -> Outcome {
    for (n, role) in (1..).zip(Role::ALL) {
        let user = User { role, ..user(n) };
        add_user(&subject.store, &user).await?;
        let mut unit = write(&subject.store).await?;
        assert_eq!(unit.profiles().restore(user.id, role).await?, None, "it is not archived");
        unit.profiles().archive(user.id, role, noon()).await?;
        assert_eq!(unit.profiles().restore(user.id, role).await?, Some(profile(role)));
        assert_eq!(unit.profiles().restore(user.id, role).await?, None);
        unit.commit().await?;
        let mut unit = read(&subject.elsewhere).await?;
        assert_eq!(unit.profiles().find(user.id, role).await?, Some(profile(role)));
        assert_eq!(unit.profiles().list(user.id).await?, [(profile(role), None)]);
    }
    Ok(())
}

pub async fn a_user_keeps_the_profiles_of_all_roles_of_before(subject: &Subject) -> Outcome {
    let user = user(1);
    add_user(&subject.store, &User { role: Role::ALL[0], ..user.clone() }).await?;
    for (n, role) in (1..).zip(&Role::ALL[1..]) {
        let mut unit = write(&subject.store).await?;
        unit.profiles().archive(user.id, Role::ALL[n - 1], noon()).await?;
        assert_eq!(unit.profiles().restore(user.id, *role).await?, None, "there is none of this role");
        unit.profiles().insert(user.id, &profile(*role)).await?;
        unit.commit().await?;
    }
    let mut listed = read(&subject.elsewhere).await?.profiles().list(user.id).await?;
    listed.sort_by_key(|(profile, _)| profile.role());
    let last = Role::ALL[Role::ALL.len() - 1];
    let expected = Role::ALL.map(|role| (profile(role), (role != last).then(noon)));
    assert_eq!(listed, expected);
    Ok(())
}

pub async fn a_profile_that_is_not_there_is_not_changed(subject: &Subject) -> Outcome {
    let (user, nobody) = (user(1), user(2));
    add_user(&subject.store, &user).await?;
    for (id, role) in [(user.id, Role::Admin), (nobody.id, Role::Candidate)] {
        assert!(write(&subject.store).await?.profiles().update(id, &profile(role)).await.is_err());
        assert!(write(&subject.store).await?.profiles().archive(id, role, noon()).await.is_err());
        assert_eq!(write(&subject.store).await?.profiles().restore(id, role).await?, None);
    }
    assert_eq!(read(&subject.store).await?.profiles().list(nobody.id).await?, []);
    Ok(())
}
