"""English caption texts for any subject, and sober ones for grave subjects."""

from .family import Family

GENERIC = Family.parse(
    "generic",
    words="",
    tags="LookTwice VisualDiary SmallWonders PictureNotes QuietFrames MadeToLinger",
    hooks="""
    {A}, on the record.
    {Subject}: a short study.
    Exhibit one: {a}.
    Today's subject: {a}.
    In praise of {the}.
    A minute for {the}.
    Notes on {the}.
    Field notes: {a}.
    For the record: {a}.
    Small ode to {the}.
    Present: {the}. Absent: the inbox.
    Enter {the}.
    All eyes on {the}.
    {Subject}, take one.
    With thanks to {the}.
    The case for {the}.
    On the agenda: {a}, then lunch.
    One picture, no footnotes.
    Filed under "keep".
    A good reason to stop scrolling.
    It was only going to be a sketch.
    Look once, then look properly.
    Nobody asked. Here it is.
    The short version of a long daydream.
    Please linger.
    Exactly as imagined, plus a surprise.
    Straight from the "what if" drawer.
    An idea in its best clothes.
    Something to look at while the kettle boils.
    Worth a second glance and a third.
    From the margins of a busy day.
    """,
    lines="""
    Everything else stepped back half a pace and let {the} speak.
    There were other ideas on the list; {the} crossed them all out.
    We came for the light and stayed for {the}.
    Nobody briefed {the}, and nobody had to.
    Ask what the picture is about and the whole room points at {the}.
    A frame has four corners, and {the} got the best of them.
    Give {the} a minute. The rest of the picture will wait.
    The brief was {the}. The light added a few ideas of its own.
    Some pictures need a long explanation. This one only needed {the}.
    Look at {the} first, then at everything around. The order matters.
    It started as a sentence about {the} and refused to stay one.
    A few words about {the} went in, and this came back out.
    Between {the} and the edge of the frame there is just enough room for a thought.
    Put {the} in the middle of your day and see what moves over.
    Whoever says {the} cannot carry a picture has not looked for long enough.
    We had a caption about something else, but {the} insisted.
    If you only look at one thing today, there are worse choices than {the}.
    {The} did the hard part. The frame only had to keep up.
    Nobody planned for {the} to steal the picture, yet here we are.
    The shortest description would be {the}. The longer one takes all afternoon.
    You can look away from {the} whenever you like. Good luck.
    Somebody typed a line about {the}, and the rest is visible.
    Of all the ways to picture {the}, this one stayed up latest.
    The corners are quiet so that {the} does not have to raise a voice.
    It could have been anything. It turned out to be {the}, and rightly so.
    Leave {the} alone for a moment and the picture starts to hum.
    It began as half a sentence and would not settle for the other half.
    Some ideas arrive dressed and ready. All that was left was to open the door.
    The plan was simple, and for once the plan held.
    It says what it has to say and leaves you the last word.
    There is a detail in the corner that only the patient will find.
    Take your time with it; it did not come here in a hurry either.
    You do not need to know the story. You are free to bring your own.
    Half imagination, half stubbornness, and a nice bit of light.
    It does not shout. It just stands there until you come over.
    Every good picture leaves one question open. Yours is probably different from ours.
    Nothing in it is necessary, and nothing could be left out.
    It looked better in the head, people say. Not this time.
    Somewhere between the first idea and the third coffee, it clicked.
    We stopped while it was still a little mysterious.
    Print it small and it is a secret. Print it large and it is a window.
    The eye goes in at the front door and stays for dinner.
    It is the kind of picture that gets better when nobody is selling it.
    There is more in it than the first glance lets on. Second glances are free.
    It asks for ten seconds and usually gets a minute.
    """,
    quips="""
    No notes.
    Look twice.
    As it should be.
    On the record.
    Nothing to add.
    We checked.
    Right on cue.
    The rest can wait.
    Worth the detour.
    Frame it.
    That is the whole plan.
    Long story short.
    Exactly that.
    Make room.
    No further questions.
    Take your time.
    A short story.
    Case closed.
    Pencil it in.
    Just so.
    """,
    calls="""
    Save it for a slow day.
    Send it to one person, the right one.
    What would you call it?
    Tell us what you noticed first.
    Who should see this before lunch?
    Keep it for the next time you need a window.
    Tag somebody with a free wall.
    What happens just outside the frame?
    """,
)

SOLEMN = Family.parse(
    "solemn",
    words="""
    grave = war, funeral, cemetery, graveyard, grave, tombstone, hospital, soldier, refugee, disaster, earthquake, cancer, suicide, massacre, holocaust, genocide, victim, corpse, murder, blood, bomb, bombing, mourning, grief, terrorist, gun, rifle, violence, homeless, poverty, death, dying, weapon, battlefield, tragedy, slavery | InSilence
    """,  # noqa: E501
    tags="ToRemember LookSlowly StillHere",
    hooks="""
    {Subject}. No hurry.
    Some pictures ask for quiet.
    A moment of silence, in an image.
    For those who remember.
    {Subject}, seen with care.
    Lest it be looked away from.
    To look is also a way of staying.
    Few words, on purpose.
    """,
    lines="""
    There is not much to say here, and a good deal to see.
    Some things are easier to carry when more than one person looks at them.
    The light is gentle with what it finds.
    We leave the space around it empty, so that there is room for a thought.
    Look slowly. It is a small form of respect.
    What matters in it does not raise its voice.
    Memory is patient, and pictures help it.
    It does not explain. It only asks not to be forgotten.
    Whoever stops here for a moment is not alone in it.
    The words can wait. The image will still be here.
    """,
    calls="""
    Take a moment with it.
    Share it with someone who should not be alone with it.
    """,
)
