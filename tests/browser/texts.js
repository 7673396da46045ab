// What the pages are expected to say in English, in one place: a change of wording is a change of this file.
//
// The label of a field that may stay empty ends with a word that says so, hence the patterns that only begin alike.

export const links = {
    skip: 'Skip to the content',
    toSignIn: 'Sign in',
    toSignUp: 'Sign up',
    toForgotten: /forgotten/i,
};

export const buttons = {
    signIn: 'Sign in',
    signUp: 'Sign up',
    signOut: 'Sign out',
    sendMail: 'Send the mail',
    savePassword: 'Save the password',
    verify: 'Confirm my address',
    confirmEmail: 'Use this address',
    undoEmail: 'Undo the change',
    notMe: 'End all sessions',
    keepAccount: 'Keep my account',
    german: 'Deutsch',
    english: 'English',
    saveProfile: 'Save',
    changeEmail: 'Change the address',
    changePassword: 'Change the password',
    endDevice: 'End session',
    endOthers: 'End all other sessions',
    deleteAccount: 'Delete my account',
    download: 'Download',
    live: 'Live',
    invite: 'Send the invitation',
    changeRole: 'Change the role',
    filter: 'Show',
    activate: 'Activate',
    deactivate: 'Deactivate',
    publishKey: 'Publish the next key',
    revokeSigningKey: 'Revoke the signing key',
    withdrawKey: 'Withdraw the waiting key',
};

export const labels = {
    identifier: 'Email address or username',
    email: 'Email address',
    password: 'Password',
    newPassword: 'New password',
    currentPassword: 'Current password',
    newEmail: 'New email address',
    rememberMe: 'Keep me signed in',
    firstName: 'First name',
    lastName: 'Last name',
    company: /^company/i,
    candidate: /^candidate/i,
    employer: /^employer/i,
    administrator: /admin/i,
    phone: /^telephone/i,
    location: /^location/i,
    title: /^title/i,
    skills: /^skills/i,
    search: 'Name, username or address begins with',
};

/** What the parts of a page are called. */
export const sections = {
    email: 'Email address',
    password: 'Password',
    delete: 'Delete the account',
};

/** How a page greets someone. */
export const greeting = (firstName) => new RegExp(`^Welcome ${firstName}\\b.*!$`);

export const messages = {
    error: /^Error: /,
    invalidCredentials: 'Invalid credentials',
    deactivated: 'Account is deactivated',
    userExists: 'User already exists',
    linkIsOver: 'This link or invitation is not valid or no longer valid.',
    mailIsOnItsWay: /a mail is on its way/i,
    checkNewAddress: 'Check the mail at the new address to go on.',
    passwordChanged: /password is changed/i,
    addressConfirmed: 'Your email address is confirmed',
    addressChanged: 'Your email address is changed',
    thisDevice: 'This device',
    saved: 'Saved.',
    signedOut: 'You are signed out.',
    keyPublished: 'The next key is published.',
    keyRevoked: 'The key is revoked.',
};
